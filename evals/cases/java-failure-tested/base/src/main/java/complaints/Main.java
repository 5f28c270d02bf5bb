package complaints;

import dev.langchain4j.model.ollama.OllamaChatModel;
import java.time.Duration;

final class Main {
    static Sorter sorter() {
        return new Sorter(OllamaChatModel.builder()
                .baseUrl(System.getenv("OLLAMA_URL"))
                .modelName("gemma3:12b-it-q8_0")
                .timeout(Duration.ofSeconds(20))
                .build());
    }
}
