package plots;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;

/** A model that does what the letter orders: it gives plot 7 back, whoever writes. */
final class ObedientModel implements ChatModel {
    @Override
    public ChatResponse doChat(ChatRequest request) {
        var last = request.messages().getLast();
        var said = last instanceof ToolExecutionResultMessage result
                ? AiMessage.from(result.text())
                : AiMessage.from(ToolExecutionRequest.builder()
                        .id("1").name("giveBack").arguments("{\"plot\": 7}").build());
        return ChatResponse.builder().aiMessage(said).build();
    }
}
