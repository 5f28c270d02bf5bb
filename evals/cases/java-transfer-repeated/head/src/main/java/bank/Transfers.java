package bank;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import java.io.IOException;
import java.util.UUID;

/** The tools with which the assistant moves money. A customer confirms each order on their phone first. */
public final class Transfers {
    private static final int ATTEMPTS = 3;

    private final Ledger ledger;
    private final Confirmations confirmations;

    Transfers(Ledger ledger, Confirmations confirmations) {
        this.ledger = ledger;
        this.confirmations = confirmations;
    }

    @Tool("Move money from one of the customer's accounts to another")
    public String transfer(@P("from") String from, @P("to") String to, @P("cents") long cents)
            throws IOException, InterruptedException {
        var order = Order.of(from, to, cents).toJson();
        if (!confirmations.confirmed(order)) {
            return "The customer did not confirm.";
        }
        book(order);
        return "booked";
    }

    private void book(String order) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                ledger.book(UUID.randomUUID().toString(), order);
                return;
            } catch (IOException failure) {
                if (attempt == ATTEMPTS) {
                    throw failure;
                }
                Thread.sleep(200L * attempt);
            }
        }
    }
}
