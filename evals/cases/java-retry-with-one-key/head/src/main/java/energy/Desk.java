package energy;

import java.io.IOException;

/** The desk that sends technicians (docs/desk.md). The call ends after five seconds. */
interface Desk {
    String book(String key, String meter) throws IOException;
}
