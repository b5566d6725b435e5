// Every test here runs a whole workspace with a vendor's server and a hand-driven clock; side by side on two cores they starve each other.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
