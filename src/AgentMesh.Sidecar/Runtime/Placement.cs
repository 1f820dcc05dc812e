using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>
/// Who hosts which actor: of the type's hosts the one with the highest hash with the actor's id, so the same one as long as the
/// hosts stay the same, and only the actors of a lost host move. Between sidecars hosts change in epochs; until all have left what
/// they lost (the epoch is settled) a sidecar serves only what was its own all along.
/// </summary>
/// <param name="Epoch">Which list of hosts; 0 in one process, where a change is at once true for everybody.</param>
/// <param name="Hosts">The hosts of this epoch.</param>
/// <param name="Earlier">The hosts of earlier epochs back to the last settled one; empty: this epoch is settled.</param>
internal sealed record Placement(long Epoch, AppConnection[] Hosts, IReadOnlyList<AppConnection[]> Earlier)
{
    public static readonly Placement Empty = new(0, [], []);

    /// <summary>After more epochs in a row that nobody could settle this process serves nothing until one is.</summary>
    private const int MaxEarlier = 64;

    /// <summary>Where a call goes. Null: nobody hosts the type, or this process will host the actor once the epoch is settled.</summary>
    public AppConnection? Find(string type, string id)
    {
        var owner = Best(Hosts, type, id, living: true);
        if (owner is null or { IsRemote: true })
            return owner;
        foreach (var hosts in Earlier)
        {
            // Living or not, who had the actor may still have it.
            if (Best(hosts, type, id, living: false) != owner)
                return null;
        }

        return owner;
    }

    /// <summary>Whose the actor is in this epoch, served already or not.</summary>
    public AppConnection? OwnerOf(string type, string id) => Best(Hosts, type, id, living: true);

    /// <summary>The next epoch, not settled.</summary>
    public Placement Next(long epoch, AppConnection[] hosts) => new(epoch, hosts, Earlier.Count < MaxEarlier ? [.. Earlier, Hosts] : [[]]);

    public Placement Settled() => this with { Earlier = [] };

    private static AppConnection? Best(AppConnection[] hosts, string type, string id, bool living)
    {
        AppConnection? best = null;
        ulong bestScore = 0;
        foreach (var connection in hosts)
        {
            if ((living && !connection.IsAlive) || connection.FindActorType(type) is null)
                continue;
            if (best is null)
            {
                best = connection;
                continue;
            }

            // Scores cost a hash each and are needed only when there is a choice.
            if (bestScore == 0)
                bestScore = Score(best, id);
            var score = Score(connection, id);
            if (score > bestScore)
                (best, bestScore) = (connection, score);
        }

        return best;
    }

    // Rendezvous hashing by replica, not by process: a restarted replica gets its own actors back.
    private static ulong Score(AppConnection connection, string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{connection.App.Instance}/{id}"), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
