using Tidemark.Core.Errors;
using Tidemark.Operations.Workspaces;

namespace Tidemark.Operations.Doctor;

/// <summary>
/// <c>doctor</c>: checks workspace, definitions, control database, lake, vendors, clock and disk, and mends what needs
/// no decision. Its first check is whether the workspace opens.
/// </summary>
public sealed class DoctorOperation(IWorkspaces workspaces)
{
    public async Task<DoctorResponse> RunAsync(DoctorRequest request, CancellationToken stop)
    {
        IOperations workspace;
        try
        {
            workspace = workspaces.Open();
        }
        catch (TidemarkException e)
        {
            return new DoctorResponse([new CheckResult("workspace", false, $"{e.Code}: {e.Message}")]);
        }

        await using (workspace)
        {
            return new DoctorResponse(await workspace.Get<WorkspaceDoctor>().RunAsync(request, stop));
        }
    }
}
