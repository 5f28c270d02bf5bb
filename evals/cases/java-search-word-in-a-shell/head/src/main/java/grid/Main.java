package grid;

import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import java.time.Duration;

final class Main {
    static Assistant assistant() {
        var model = OpenAiChatModel.builder()
                .apiKey(System.getenv("OPENAI_API_KEY"))
                .modelName("gpt-5-mini-2025-08-07")
                .timeout(Duration.ofSeconds(20))
                .maxRetries(1)
                .build();
        return AiServices.builder(Assistant.class)
                .chatModel(model)
                .tools(new LogSearch())
                .build();
    }
}
