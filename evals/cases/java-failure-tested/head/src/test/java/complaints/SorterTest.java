package complaints;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.ChatModel;
import org.junit.jupiter.api.Test;

class SorterTest {
    private static ChatModel says(String word) {
        return new ChatModel() {
            @Override
            public String chat(String prompt) {
                return word;
            }
        };
    }

    private static ChatModel down() {
        return new ChatModel() {
            @Override
            public String chat(String prompt) {
                throw new TimeoutException("20 s");
            }
        };
    }

    @Test
    void aComplaintGoesWhereTheModelSays() {
        assertEquals("waste", new Sorter(says("waste\n")).tray("My bin is full."));
    }

    @Test
    void aComplaintGoesToAPersonWhileTheModelIsDown() {
        assertEquals(Sorter.PERSON, new Sorter(down()).tray("My bin is full."));
    }

    @Test
    void anUnknownWordGoesToAPerson() {
        assertEquals(Sorter.PERSON, new Sorter(says("dogs")).tray("My bin is full."));
    }
}
