package grid;

import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;

/** Explains alarms to the operators of the control room. */
interface Assistant {
    @SystemMessage("Explain the alarm in two sentences. Say which substation it comes from and whether it repeats.")
    String explain(@UserMessage String alarm);
}
