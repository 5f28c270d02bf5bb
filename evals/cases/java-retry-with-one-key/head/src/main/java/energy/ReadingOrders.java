package energy;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Orders readings for the customer of one turn of a conversation. */
public final class ReadingOrders {
    private static final Logger LOG = LoggerFactory.getLogger(ReadingOrders.class);
    private static final int ATTEMPTS = 3;

    private final Desk desk;
    private final Turn turn;

    ReadingOrders(Desk desk, Turn turn) {
        this.desk = desk;
        this.turn = turn;
    }

    @Tool("Order a technician who reads a meter of the customer")
    public String order(@P("number of the meter") String meter) {
        if (!turn.meters().contains(meter)) {
            return "This is not a meter of the customer.";
        }
        var key = turn.id() + "/" + meter;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                return desk.book(key, meter);
            } catch (IOException failure) {
                LOG.warn("attempt {} of order {}", attempt, key, failure);
            }
        }
        return "The desk does not answer. Please call it to hear whether a visit is booked.";
    }
}
