package clinic;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.SimpleLoggerAdvisor;
import org.springframework.stereotype.Service;

/** Answers what patients ask before they call: opening hours, what to bring, how to prepare. */
@Service
public class Reception {
    private static final String RULES = """
            Answer questions about the clinic's opening hours and how to prepare for an appointment.
            For anything about symptoms or medicines, give the number of the front desk and nothing else.
            """;

    private final ChatClient chat;

    Reception(ChatClient.Builder builder) {
        this.chat = builder.defaultSystem(RULES).defaultAdvisors(new SimpleLoggerAdvisor()).build();
    }

    public String answer(String question) {
        return chat.prompt().user(question).call().content();
    }
}
