import PrecastIR
