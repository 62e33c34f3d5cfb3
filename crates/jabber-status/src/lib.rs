//! Status events of a connection's life: the vocabulary, the event trait, observers and the lifecycle grammar
