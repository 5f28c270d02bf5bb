package festival;

import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import java.time.Clock;
import java.time.Duration;

final class Main {
    static Guide guide(Programme programme) {
        var model = GoogleAiGeminiChatModel.builder()
                .apiKey(System.getenv("GEMINI_API_KEY"))
                .modelName("gemini-2.5-flash")
                .timeout(Duration.ofSeconds(15))
                .maxOutputTokens(400)
                .build();
        return new Guide(model, new DailyBudget(Clock.systemDefaultZone()), programme);
    }
}
