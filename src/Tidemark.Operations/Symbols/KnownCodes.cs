using Tidemark.Control.Settings;
using Tidemark.Core.Errors;

namespace Tidemark.Operations.Symbols;

/// <summary>Which codes of a dataset's rows no list has.</summary>
/// <param name="Basis">The version of the rows, the lists and the question that it is the answer to.</param>
/// <param name="Codes">The codes.</param>
public sealed record RowCodesAnswer(string Basis, IReadOnlyList<UnlistedCode> Codes);

/// <summary>
/// Keeps which codes of rows no list has, in the control database, so that rows are looked through again only when they
/// or the lists have changed. An answer with another basis is none. Thread-safe as far as the store is.
/// </summary>
public sealed class KnownCodes(SettingsStore settings)
{
    /// <summary>The answers by dataset; none where the control database does not have them or cannot be read.</summary>
    public async Task<IReadOnlyDictionary<string, RowCodesAnswer>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await settings.GetAsync<Dictionary<string, RowCodesAnswer>>(SettingKeys.RowCodes, cancellationToken)
                ?? [];
        }
        catch (TidemarkException)
        {
            return new Dictionary<string, RowCodesAnswer>(); // the rows are looked through instead
        }
    }

    /// <summary>Puts answers in the place of all that there are, where the control database takes them.</summary>
    public async Task KeepAsync(
        IReadOnlyDictionary<string, RowCodesAnswer> answers,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await settings.SetAsync(SettingKeys.RowCodes, answers, cancellationToken);
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Transient)
        {
            // Who only reads looks through the rows each time.
        }
    }
}
