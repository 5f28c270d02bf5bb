package grid;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Searches the logs of the substations. */
public final class LogSearch {
    @Tool("Search the logs of all substations; returns at most forty lines")
    public String search(@P("the term to search for") String term) throws IOException {
        var command = "grep -h -i -C 2 -- '" + term + "' /var/log/grid/*.log | tail -n 40";
        var process = new ProcessBuilder("sh", "-c", command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
