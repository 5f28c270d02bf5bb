package handbook;

import dev.langchain4j.model.chat.ChatModel;
import java.util.stream.Collectors;

/** Answers tenants from the handbook. */
final class Answers {
    private static final String NOTHING = "The handbook says nothing about this. Please ask the caretaker.";

    private static final String LATER = "I can't search the handbook right now. Please try again later.";

    private final Search search;
    private final ChatModel model;

    Answers(Search search, ChatModel model) {
        this.search = search;
        this.model = model;
    }

    String answer(String question) {
        var passages = search.find(question, 5);
        if (passages == null) {
            return LATER;
        }
        if (passages.isEmpty()) {
            return NOTHING;
        }
        var shown = passages.stream().map(Passage::text).collect(Collectors.joining("\n\n"));
        return model.chat("Answer from these passages alone.\n\n" + shown + "\n\nQuestion: " + question);
    }
}
