package bank;

/** Asks a customer's phone. The answer is false after two minutes without one. */
interface Confirmations {
    boolean confirmed(String order);
}
