package ferry;

import dev.langchain4j.model.chat.ChatModel;
import java.util.Set;

/** Sorts passengers' messages; a clerk reads each of them. */
final class Sorter {
    private static final Set<String> TRAYS = Set.of("booking", "luggage", "other");

    private final ChatModel model;

    Sorter(ChatModel model) {
        this.model = model;
    }

    String tray(String message) {
        var word = model.chat("Reply with one of booking, luggage, other.\n\n" + message).strip();
        return TRAYS.contains(word) ? word : "other";
    }
}
