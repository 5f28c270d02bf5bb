package forest;

import java.util.List;
import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeClient;

/** Passages of the forest law, from the knowledge base. */
final class Passages {
    // Five missed the passage about felling near water.
    private static final int PASSAGES = 25;

    private final BedrockAgentRuntimeClient client;
    private final String knowledgeBase;

    Passages(BedrockAgentRuntimeClient client, String knowledgeBase) {
        this.client = client;
        this.knowledgeBase = knowledgeBase;
    }

    /** The passages that fit a question best, best first. */
    List<String> find(String question) {
        var found = client.retrieve(request -> request
                .knowledgeBaseId(knowledgeBase)
                .retrievalQuery(query -> query.text(question))
                .retrievalConfiguration(how -> how.vectorSearchConfiguration(
                        vectors -> vectors.numberOfResults(PASSAGES))));
        return found.retrievalResults().stream().map(result -> result.content().text()).toList();
    }
}
