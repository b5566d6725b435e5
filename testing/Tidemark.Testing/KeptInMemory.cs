using System.Collections.Concurrent;
using Tidemark.Core.Answers;

namespace Tidemark.Testing;

/// <summary>Keeps answers for a test, and counts.</summary>
public sealed class KeptInMemory : IKeptAnswers
{
    private readonly ConcurrentDictionary<string, (string Basis, string Answer)> _answers = new();

    public int Kept { get; private set; }

    public int Found { get; private set; }

    /// <summary>Every question, basis and answer that is kept now.</summary>
    public IEnumerable<string> All => _answers.Select(a => $"{a.Key}\n{a.Value.Basis}\n{a.Value.Answer}");

    public Task<string?> FindAsync(string question, string basis, CancellationToken cancellationToken)
    {
        var answer = _answers.TryGetValue(question, out var kept) && kept.Basis == basis ? kept.Answer : null;
        Found += answer is null ? 0 : 1;
        return Task.FromResult(answer);
    }

    public Task KeepAsync(string question, string basis, string answer, CancellationToken cancellationToken)
    {
        Kept++;
        _answers[question] = (basis, answer);
        return Task.CompletedTask;
    }
}
