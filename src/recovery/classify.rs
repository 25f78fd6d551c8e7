pub fn classify() {}
