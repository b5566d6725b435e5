using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>Makes the log entry of a commit of units. Pure, except for the id of a new table.</summary>
internal static class CommitLines
{
    public static List<DeltaLine> Of(
        StagedCommit staged,
        CommitRequest request,
        TableSnapshot snapshot,
        UnitReplacement replacement,
        IReadOnlyList<AddAction> adds,
        string commitId,
        DateTimeOffset now,
        IIdSource ids
    )
    {
        var timestamp = now.ToUnixTimeMilliseconds();
        var total = staged.Counts.Values.Aggregate(UnitCounts.None, (sum, c) => sum + c);
        var lines = new List<DeltaLine>
        {
            new()
            {
                CommitInfo = LakeTable.Info(request.Operation, commitId, staged.RunId, timestamp) with
                {
                    Inputs = request.Inputs,
                    ShrinkReason = request.ShrinkReason,
                    OperationMetrics = new Dictionary<string, string>
                    {
                        ["numInserted"] = total.Inserted.ToString(CultureInfo.InvariantCulture),
                        ["numUpdated"] = total.Updated.ToString(CultureInfo.InvariantCulture),
                        ["numDeleted"] = total.Deleted.ToString(CultureInfo.InvariantCulture),
                        ["numUnits"] = staged.Counts.Count.ToString(CultureInfo.InvariantCulture),
                        ["numGivenWay"] = replacement.RowsGivenWay.ToString(CultureInfo.InvariantCulture),
                        ["numFilesUnread"] = staged.Gone.Count.ToString(CultureInfo.InvariantCulture),
                    },
                },
            },
        };
        if (request.Fence is { } fence)
        {
            lines.Add(new DeltaLine { Txn = fence.Action });
        }

        if (!snapshot.Exists)
        {
            lines.Add(new DeltaLine { Protocol = new ProtocolAction(1, 2) });
        }

        if (CommitRules.MetadataFor(staged.Definition, snapshot, timestamp, ids) is { } metadata)
        {
            lines.Add(new DeltaLine { MetaData = metadata });
        }

        lines.AddRange(
            replacement.Files.Select(old => new DeltaLine
            {
                Remove = new RemoveAction(old.Path, timestamp, true, true, old.PartitionValues, old.Size),
            })
        );
        lines.AddRange(adds.Select(add => new DeltaLine { Add = add }));
        return lines;
    }
}
