package ferry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import org.junit.jupiter.api.Test;

class SorterTest {
    @Test
    void anUnknownWordIsOther() {
        ChatModel model = new ChatModel() {
            @Override
            public String chat(String prompt) {
                return "weather";
            }
        };
        assertThat(new Sorter(model).tray("Will it rain?")).isEqualTo("other");
    }
}
