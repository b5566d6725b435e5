using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>
/// Tries the conditions of checks on columns without rows, so that a wrong condition is found before there is data.
/// </summary>
public static class CheckConditions
{
    internal const string InvalidCode = "CHECK_INVALID";

    /// <returns>
    /// The checks with a <c>where</c> that is no condition over its dataset's columns, with code <c>CHECK_INVALID</c>.
    /// </returns>
    public static IReadOnlyList<CheckFault> Find(IEnumerable<CheckDefinition> checks)
    {
        var faults = new List<CheckFault>();
        using var engine = DuckDbDatabase.Open();
        using var connection = engine.Connect();
        foreach (var check in checks)
        {
            try
            {
                Try(connection, check);
            }
            catch (DuckDbException e)
            {
                faults.Add(new CheckFault(check, Invalid(check, e)));
            }
        }

        return faults;
    }

    internal static TidemarkException Invalid(CheckDefinition check, DuckDbException error) =>
        new(
            ErrorKind.Configuration,
            InvalidCode,
            $"The 'where' of the check {check.Id} cannot be evaluated: {error.EngineMessage}\nCorrect it in {check.File}.",
            error
        );

    /// <exception cref="DuckDbException">A <c>where</c> is no condition over its dataset's columns.</exception>
    internal static void Try(DuckDbConnection connection, CheckDefinition check)
    {
        Try(connection, check.Entities?.Dataset, check.Entities?.Where);
        Try(connection, check.Suspensions?.Dataset, check.Suspensions?.Where);
    }

    private static void Try(DuckDbConnection connection, DatasetDefinition? dataset, string? where)
    {
        if (dataset is null || where is null)
        {
            return;
        }

        SqlPredicate.Check(connection, where);
        var columns = TableDefinition
            .Of(dataset)
            .AllColumns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS {DuckDbSql.Identifier(c.Name)}");
        using var _ = connection.PrepareOnly($"SELECT 1 FROM (SELECT {string.Join(", ", columns)}) WHERE ({where}\n)");
    }
}
