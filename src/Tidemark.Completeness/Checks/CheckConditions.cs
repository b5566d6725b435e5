using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Checks;

/// <summary>
/// Tries the conditions of checks on columns without rows, so that a wrong condition is found before there is data.
/// </summary>
public static class CheckConditions
{
    /// <exception cref="TidemarkException">
    /// Code <c>CHECK_INVALID</c>: a <c>where</c> is no condition over its dataset's columns.
    /// </exception>
    public static void Ensure(IEnumerable<CheckDefinition> checks)
    {
        using var engine = DuckDbDatabase.Open();
        using var connection = engine.Connect();
        foreach (var check in checks)
        {
            try
            {
                Try(connection, check.Entities?.Dataset, check.Entities?.Where);
                Try(connection, check.Suspensions?.Dataset, check.Suspensions?.Where);
            }
            catch (DuckDbException e)
            {
                throw Invalid(check, e);
            }
        }
    }

    internal static TidemarkException Invalid(CheckDefinition check, DuckDbException error) =>
        new(
            ErrorKind.Configuration,
            "CHECK_INVALID",
            $"The check {check.Id} cannot be asked: {error.EngineMessage}\nMend its 'where' in {check.File}.",
            error
        );

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
