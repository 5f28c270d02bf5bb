package bank;

record Order(String from, String to, long cents) {
    static Order of(String from, String to, long cents) {
        if (cents <= 0 || from.equals(to)) {
            throw new IllegalArgumentException("not an order");
        }
        return new Order(from, to, cents);
    }

    String toJson() {
        return "{\"from\":\"%s\",\"to\":\"%s\",\"cents\":%d}".formatted(from, to, cents);
    }
}
