pub struct BreakerPolicy;
pub struct CircuitBreakers;
pub struct CircuitOpen;
