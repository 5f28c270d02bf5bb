package festival;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;

/** Answers visitors on the festival's public page. */
public final class Guide {
    private static final SystemMessage RULES =
            SystemMessage.from("Answer from the programme of the festival. Name the stage and the time.");
    private static final int LONGEST_QUESTION = 500;

    private final ChatModel model;
    private final Programme programme;

    Guide(ChatModel model, Programme programme) {
        this.model = model;
        this.programme = programme;
    }

    public String answer(String question) {
        if (question.length() > LONGEST_QUESTION) {
            return programme.page();
        }
        var asked = UserMessage.from(programme.text() + "\n\n" + question);
        return model.chat(RULES, asked).aiMessage().text();
    }
}
