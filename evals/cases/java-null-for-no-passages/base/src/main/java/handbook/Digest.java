package handbook;

import dev.langchain4j.model.chat.ChatModel;
import java.util.List;

/** The digest that caretakers get on Mondays: what the handbook says about the week's repairs. */
final class Digest {
    private final Search search;
    private final ChatModel model;

    Digest(Search search, ChatModel model) {
        this.search = search;
        this.model = model;
    }

    String write(List<String> repairs) {
        var notes = new StringBuilder();
        for (var repair : repairs) {
            for (var passage : search.find(repair, 3)) {
                notes.append(repair).append(": ").append(passage.text()).append('\n');
            }
        }
        return model.chat("Write a digest of ten lines for caretakers.\n\n" + notes);
    }
}
