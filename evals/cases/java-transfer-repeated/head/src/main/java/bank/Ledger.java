package bank;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The bank's ledger. An order with a key that the ledger has seen in the last 24 hours is not booked again. */
final class Ledger {
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final URI orders;

    Ledger(URI orders) {
        this.orders = orders;
    }

    void book(String key, String order) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(orders)
                .timeout(Duration.ofSeconds(5))
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(order))
                .build();
        var reply = http.send(request, HttpResponse.BodyHandlers.discarding());
        if (reply.statusCode() != 201) {
            throw new IOException("ledger: " + reply.statusCode());
        }
    }
}
