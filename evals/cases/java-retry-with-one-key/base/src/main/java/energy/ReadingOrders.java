package energy;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import java.io.IOException;

/** Orders readings for the customer of one turn of a conversation. */
public final class ReadingOrders {
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
        try {
            return desk.book(turn.id() + "/" + meter, meter);
        } catch (IOException failure) {
            return "The desk does not answer. Please call it to hear whether a visit is booked.";
        }
    }
}
