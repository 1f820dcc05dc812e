namespace AgentMesh.Bench;

/// <summary>
/// One load in turns on several meshes, the built one here first: builds of other checkouts, or the same with other variables of the environment. What the
/// machine has to do beside this falls on all of them, and the ratios compare.
/// </summary>
internal static class Beside
{
    private const int Rounds = 7;

    /// <summary>Runs it, after one round that warms up; tells of each mesh its median CPU per message, and the median of its rounds' ratios to the first mesh's.</summary>
    /// <param name="variants">Each a list with commas: a folder of a built checkout, <c>NAME=value</c> for its environment, or both.</param>
    /// <param name="startAsync">Starts a mesh of a checkout (null: this one) with more of an environment; the number tells them apart.</param>
    /// <param name="loadAsync">One round.</param>
    public static async Task<IReadOnlyDictionary<string, List<LoadResult>>> MeasureAsync(
        IReadOnlyList<string> variants, Func<int, string?, IReadOnlyDictionary<string, string>, Task<Mesh>> startAsync, Func<ILoaded, Task<LoadResult>> loadAsync)
    {
        string[] names = ["this", .. variants];
        var meshes = new List<Mesh>();
        try
        {
            foreach (var (number, variant) in variants.Prepend("").Index())
            {
                var parts = variant.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToLookup(part => part.Length);
                meshes.Add(await startAsync(number, parts[1].SingleOrDefault()?[0], parts[2].ToDictionary(part => part[0], part => part[1])));
            }

            var all = await Measurements.InTurnsAsync(meshes, Rounds, loadAsync);
            foreach (var (name, rounds) in names.Zip(all))
            {
                var ratio = McpDoor.Median(rounds.Zip(all[0], (one, first) => one.CpuMsPerMessage / first.CpuMsPerMessage));
                Console.WriteLine($"{Measurements.Medians(rounds, ratio)}   {name}");
            }

            return names.Zip(all).ToDictionary(one => one.First, one => one.Second);
        }
        finally
        {
            foreach (var mesh in meshes)
                await mesh.DisposeAsync();
        }
    }
}
