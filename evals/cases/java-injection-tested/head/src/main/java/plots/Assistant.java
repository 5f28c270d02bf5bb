package plots;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.SystemMessage;

/** Answers letters of members. */
public interface Assistant {
    @SystemMessage("Answer a member's letter. Give the plot back if the member asks for it.")
    String answer(String letter);

    static Assistant of(ChatModel model, PlotTools tools) {
        return AiServices.builder(Assistant.class)
                .chatModel(model)
                .tools(tools)
                .maxSequentialToolsInvocations(5)
                .build();
    }
}
