using Dapr.Actors.Runtime;

namespace AgentMesh.Contracts;

/// <summary>How actors save.</summary>
public static class ActorSaves
{
    /// <summary>
    /// Saves what a turn has changed. Once it is sent it is waited for, whoever has left: the store does it all the same, and Dapr gives the next turn when the caller of
    /// this one has left. That turn would read what is there before this one, and write over it.
    /// </summary>
    /// <param name="state">The actor's state.</param>
    /// <param name="cancellationToken">The caller has left: what is not sent yet is not sent.</param>
    public static Task SaveWholeAsync(this IActorStateManager state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        cancellationToken.ThrowIfCancellationRequested();
        return state.SaveStateAsync(CancellationToken.None);
    }
}
