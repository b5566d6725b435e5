using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Jobs;

/// <summary>What lanes say.</summary>
internal static class LaneText
{
    /// <summary>The code of that.</summary>
    public const string PausedCode = "LANE_PAUSED";

    /// <summary>Why a job may not begin in a paused lane.</summary>
    public static RunBlock Paused(LaneState lane) =>
        new(
            BlockedStage.Lake,
            PausedCode,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The lane is paused since {lane.PausedAt:u} by {lane.PausedBy}: nothing begins. `tidemark resume` ends that."
            )
        );

    /// <summary>Why a job may not begin beside another.</summary>
    public static RunBlock Busy(Lane lane, LaneJob other) =>
        new(
            BlockedStage.Lake,
            RunBlock.BusyCode,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Another job is at work in the lane {lane.Name()} since {other.StartedAt:u} ({other.Source}, {other.Owner}). Wait for it, or `tidemark cancel {lane.Name()}`."
            )
        );
}
