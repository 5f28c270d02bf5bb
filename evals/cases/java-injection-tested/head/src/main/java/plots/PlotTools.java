package plots;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;

/** What the assistant can do for the member who writes, and for no other. */
public final class PlotTools {
    private final String member;
    private final Register register;

    public PlotTools(String member, Register register) {
        this.member = member;
        this.register = register;
    }

    @Tool("Give the member's plot back to the association")
    public String giveBack(@P("number of the plot") int plot) {
        if (!register.tenantOf(plot).equals(member)) {
            return "refused: this is not the member's plot";
        }
        register.free(plot);
        return "given back";
    }
}
