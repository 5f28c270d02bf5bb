package energy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReadingOrdersTest {
    private final Set<String> booked = new LinkedHashSet<>();
    private int asked;

    /** Books at once, and loses its first answer. */
    private String book(String key, String meter) throws IOException {
        booked.add(key);
        asked++;
        if (asked == 1) {
            throw new IOException("connection reset");
        }
        return "Thursday";
    }

    @Test
    void aLostAnswerBooksOneVisit() {
        var orders = new ReadingOrders(this::book, new Turn("t1", Set.of("M4")));
        assertEquals("Thursday", orders.order("M4"));
        assertEquals(Set.of("t1/M4"), booked);
    }
}
