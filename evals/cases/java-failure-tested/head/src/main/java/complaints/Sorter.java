package complaints;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.ChatModel;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sorts complaints. What cannot be sorted goes to a person. */
public final class Sorter {
    static final String PERSON = "person";
    private static final Set<String> TRAYS = Set.of("noise", "waste", "parking");
    private static final Logger LOG = LoggerFactory.getLogger(Sorter.class);

    private final ChatModel model;

    public Sorter(ChatModel model) {
        this.model = model;
    }

    public String tray(String complaint) {
        try {
            var word = model.chat("Reply with one of noise, waste, parking.\n\n" + complaint).strip();
            return TRAYS.contains(word) ? word : PERSON;
        } catch (LangChain4jException failure) {
            LOG.warn("a complaint goes to a person", failure);
            return PERSON;
        }
    }
}
