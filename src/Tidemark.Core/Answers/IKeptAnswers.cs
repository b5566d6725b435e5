namespace Tidemark.Core.Answers;

/// <summary>
/// Answers that outlive the process, each with its basis: everything on which it depends. An answer is given for
/// exactly that basis and no other, so none can be out of date; and each may be lost at any time, because it can be
/// made again. Thread-safe.
/// </summary>
public interface IKeptAnswers
{
    /// <summary>The answer to a question; null when there is none with this basis, or it is damaged.</summary>
    Task<string?> FindAsync(string question, string basis, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps an answer in the place of the one before; does nothing where the store does not take it.
    /// </summary>
    Task KeepAsync(string question, string basis, string answer, CancellationToken cancellationToken);
}

/// <summary>How an answer is kept. Reading what writing made gives the same answer.</summary>
public sealed record AnswerShape<T>(Func<T, AnswerTable> Write, Func<AnswerTable, T> Read);

/// <summary>Asks only what is not kept.</summary>
public static class KeptAnswers
{
    /// <param name="kept">Where answers are kept; null to ask each time.</param>
    /// <param name="question">Its name; there is one answer to a question.</param>
    /// <param name="basis">
    /// What the answer is made from, with a number that grows when the way of making or keeping it changes.
    /// </param>
    /// <param name="shape">How it is kept.</param>
    /// <param name="ask">Makes the answer. An error is not kept, and neither is null.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<T> OfAsync<T>(
        this IKeptAnswers? kept,
        string question,
        string basis,
        AnswerShape<T> shape,
        Func<Task<T>> ask,
        CancellationToken cancellationToken
    )
    {
        if (kept is not null && await kept.FindAsync(question, basis, cancellationToken) is { } text)
        {
            return shape.Read(AnswerTable.Parse(text));
        }

        var answer = await ask();
        if (kept is not null && answer is not null)
        {
            await kept.KeepAsync(question, basis, shape.Write(answer).ToString(), cancellationToken);
        }

        return answer;
    }
}
