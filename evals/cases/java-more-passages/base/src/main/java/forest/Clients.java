package forest;

import java.time.Duration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

final class Clients {
    private static final ClientOverrideConfiguration LIMITS = ClientOverrideConfiguration.builder()
            .apiCallTimeout(Duration.ofSeconds(30))
            .build();

    static BedrockAgentRuntimeClient agent() {
        return BedrockAgentRuntimeClient.builder().overrideConfiguration(LIMITS).build();
    }

    static BedrockRuntimeClient runtime() {
        return BedrockRuntimeClient.builder().overrideConfiguration(LIMITS).build();
    }
}
