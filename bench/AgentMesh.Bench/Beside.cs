namespace AgentMesh.Bench;

/// <summary>
/// One load in turns on several meshes, the built one here first: builds of other checkouts, or the same with other variables of the environment. What the
/// machine has to do beside this falls on all of them, and the ratios compare.
/// </summary>
internal static class Beside
{
    public const int Rounds = 7;

    /// <summary>Runs it, after one round that warms up; tells of each mesh its median CPU per message, and the median of its rounds' ratios to the first mesh's.</summary>
    /// <param name="variants">Each a list with commas: a folder of a built checkout, <c>NAME=value</c> for its environment, or both.</param>
    /// <param name="startAsync">Starts a mesh of a checkout (null: this one) with more of an environment; the number tells them apart.</param>
    /// <param name="loadAsync">One round.</param>
    public static async Task<IReadOnlyDictionary<string, List<LoadResult>>> MeasureAsync(
        IReadOnlyList<string> variants, Func<int, string?, IReadOnlyDictionary<string, string>, Task<Mesh>> startAsync, Func<Mesh, Task<LoadResult>> loadAsync)
    {
        List<(string Name, Mesh Mesh, List<LoadResult> Rounds)> all = [];
        try
        {
            foreach (var (number, variant) in variants.Prepend("").Index())
            {
                var parts = variant.Split(',', StringSplitOptions.RemoveEmptyEntries);
                var environment = parts.Where(part => part.Contains('=', StringComparison.Ordinal)).ToDictionary(part => part.Split('=')[0], part => part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..]);
                var folder = parts.SingleOrDefault(part => !part.Contains('=', StringComparison.Ordinal));
                all.Add((number == 0 ? "this" : variant, await startAsync(number, folder, environment), []));
            }

            for (var round = 0; round <= Rounds; round++)
            {
                foreach (var (_, mesh, rounds) in all)
                {
                    var load = await loadAsync(mesh);
                    if (round > 0)
                        rounds.Add(load);
                }
            }
        }
        finally
        {
            foreach (var (_, mesh, _) in all)
                await mesh.DisposeAsync();
        }

        foreach (var (name, _, rounds) in all)
        {
            var ratio = McpDoor.Median(rounds.Zip(all[0].Rounds, (one, first) => one.CpuMsPerMessage / first.CpuMsPerMessage));
            var shares = rounds[0].CpuMsByProcess.Keys.Select(process => $"{process} {McpDoor.Median(rounds.Select(load => load.CpuMsByProcess[process].Total)):0.000}");
            Console.WriteLine($"{McpDoor.Median(rounds.Select(load => load.CpuMsPerMessage)),10:0.000} ms CPU per message ({ratio:0.00})   {McpDoor.Median(rounds.Select(load => load.MessagesPerSecond)):0} messages/s   {string.Join(", ", shares)}   {name}");
        }

        return all.ToDictionary(one => one.Name, one => one.Rounds);
    }
}
