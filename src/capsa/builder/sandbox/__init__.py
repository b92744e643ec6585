"""How far a backend is kept from the machine: one module for each way there is, `none` being the first."""
