namespace AgentMesh.Cli.Meshes;

/// <summary>An answer that can be nonsense although its members are all there.</summary>
internal interface ICheckedDocument
{
    /// <summary>It is not nonsense.</summary>
    bool IsReadable();
}
