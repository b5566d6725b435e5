using System.Security.Cryptography;
using System.Text;
using Tidemark.Core.Answers;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Answers;

/// <summary>
/// <c>kept_answers</c>. A control database that cannot be opened, read or written keeps nothing; who needs it says why.
/// Thread-safe.
/// </summary>
/// <param name="database">Opened at the first question.</param>
public sealed class AnswerStore(Func<ControlDatabase> database) : IKeptAnswers
{
    public async Task<string?> FindAsync(string question, string basis, CancellationToken cancellationToken)
    {
        try
        {
            var found = await database()
                .ReadAsync(
                    session =>
                        session.QueryAsync(
                            "select answer, hash from kept_answers where question = @question and basis = @basis",
                            reader => (Answer: reader.GetString(0), Hash: reader.GetString(1)),
                            ("@question", question),
                            ("@basis", basis)
                        ),
                    cancellationToken
                );
            return found is [var (answer, hash)] && hash == Hash(question, basis, answer) ? answer : null;
        }
        catch (TidemarkException)
        {
            return null;
        }
    }

    public async Task KeepAsync(string question, string basis, string answer, CancellationToken cancellationToken)
    {
        try
        {
            var control = database();
            await control.WriteAsync(
                session =>
                    session.ExecuteAsync(
                        """
                        insert into kept_answers (question, basis, answer, hash, updated_at)
                        values (@question, @basis, @answer, @hash, @now)
                        on conflict (question) do update set basis = excluded.basis, answer = excluded.answer,
                            hash = excluded.hash, updated_at = excluded.updated_at
                        """,
                        ("@question", question),
                        ("@basis", basis),
                        ("@answer", answer),
                        ("@hash", Hash(question, basis, answer)),
                        ("@now", control.NowMilliseconds)
                    ),
                cancellationToken
            );
        }
        catch (TidemarkException)
        {
            // The next one asks again.
        }
    }

    private static string Hash(string question, string basis, string answer) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{question}\n{basis}\n{answer}")));
}
