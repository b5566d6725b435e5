namespace Tidemark.Simulator.Faults;

/// <summary>Which of a rule's calls are struck.</summary>
internal abstract record FaultTrigger
{
    /// <param name="call">1 for the rule's first call.</param>
    public abstract bool Fires(int call, int seed, int rule, TimeOnly beijing);

    public sealed record Always : FaultTrigger
    {
        public override bool Fires(int call, int seed, int rule, TimeOnly beijing) => true;
    }

    public sealed record Nth(int Number) : FaultTrigger
    {
        public override bool Fires(int call, int seed, int rule, TimeOnly beijing) => call == Number;
    }

    public sealed record Every(int Step) : FaultTrigger
    {
        public override bool Fires(int call, int seed, int rule, TimeOnly beijing) => call % Step == 0;
    }

    public sealed record Between(int First, int Last) : FaultTrigger
    {
        public override bool Fires(int call, int seed, int rule, TimeOnly beijing) => call >= First && call <= Last;
    }

    public sealed record During(TimeOnly From, TimeOnly Until) : FaultTrigger
    {
        public override bool Fires(int call, int seed, int rule, TimeOnly beijing) => beijing.IsBetween(From, Until);
    }

    /// <summary>
    /// Drawn from the seed, the rule and the call's number, so that a run can be repeated whatever the order of
    /// threads.
    /// </summary>
    public sealed record Probability(double Share) : FaultTrigger
    {
        public override bool Fires(int call, int seed, int rule, TimeOnly beijing) =>
            SeededHash.Unit(SeededHash.Mix((ulong)(uint)seed, (ulong)rule, (ulong)call)) < Share;
    }
}

/// <summary>One rule. Empty vendor, API or parameters match all.</summary>
internal sealed record FaultRule(
    string Vendor,
    string Api,
    IReadOnlyDictionary<string, string> Parameters,
    FaultTrigger When,
    Fault Do
)
{
    public bool Matches(string vendor, string api, IReadOnlyDictionary<string, string> parameters)
    {
        if ((Vendor.Length > 0 && Vendor != vendor) || (Api.Length > 0 && Api != api))
        {
            return false;
        }

        foreach (var (name, value) in Parameters)
        {
            if (parameters.GetValueOrDefault(name) != value)
            {
                return false;
            }
        }

        return true;
    }
}
