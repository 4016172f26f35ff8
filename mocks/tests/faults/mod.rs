//! Faults: what a client sees, and where the cause shows. The binary `trials` covers every fault.

mod causes;
mod symptoms;
