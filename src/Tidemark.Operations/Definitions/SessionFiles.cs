using Tidemark.Core.Definitions;
using Tidemark.Core.Sessions;

namespace Tidemark.Operations.Definitions;

/// <summary>
/// The rules of trading sessions of <c>definitions/sessions.csv</c>, the workspace's own file laid over the shipped one
/// line by line.
/// </summary>
public static class SessionFiles
{
    /// <exception cref="Core.Yaml.InvalidDefinitionException">A line is wrong; all are listed.</exception>
    public static SessionRules Load(DefinitionFolders folders) =>
        SessionRules.Parse([
            .. folders.Layers(SessionRules.FileName).Select(path => (path, DefinitionText.Read(path))),
        ]);
}
