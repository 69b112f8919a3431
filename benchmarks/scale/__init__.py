"""Tables larger than memory: resident memory, throughput, and whether more rows help at all."""
