namespace Tidemark.Vendors.Ibkr.Connections;

/// <summary>What counts when a history is asked for.</summary>
/// <param name="Question">All of it but its number.</param>
/// <param name="Series">Contract, exchange and price.</param>
/// <param name="Weight">2 for bid and ask together, else 1.</param>
internal readonly record struct HistoryPace(string Question, string Series, int Weight);
