package forest;

import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/** Answers foresters, with the sections that the answer is taken from. */
final class Answers {
    private static final SystemContentBlock RULES = SystemContentBlock.fromText(
            "Answer from the passages alone and name their sections. Say so if they hold no answer.");

    private final Passages passages;
    private final BedrockRuntimeClient client;

    Answers(Passages passages, BedrockRuntimeClient client) {
        this.passages = passages;
        this.client = client;
    }

    String answer(String question) {
        var asked = String.join("\n\n", passages.find(question)) + "\n\nQuestion: " + question;
        var reply = client.converse(request -> request
                .modelId("eu.amazon.nova-lite-v1:0")
                .system(RULES)
                .messages(Message.builder().role(ConversationRole.USER).content(ContentBlock.fromText(asked)).build())
                .inferenceConfig(limits -> limits.maxTokens(600)));
        if (reply.stopReason() != StopReason.END_TURN) {
            return "Please ask the forest office.";
        }
        return reply.output().message().content().getFirst().text();
    }
}
