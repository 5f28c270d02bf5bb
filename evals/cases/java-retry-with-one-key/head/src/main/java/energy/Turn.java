package energy;

import java.util.Set;

/** One turn of a conversation: its id, and the meters of the customer who signed in. */
record Turn(String id, Set<String> meters) {
}
