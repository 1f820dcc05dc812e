using System.Globalization;
using System.Text;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>Joins the metrics of several processes: Prometheus wants each family described once, with all its samples behind.</summary>
internal static class MetricsText
{
    /// <summary>Replicas of an app have the same labels; only there a label <c>replica</c> is added, from 0.</summary>
    public static string Join(IReadOnlyList<(ProcessView Process, string Text)> processes)
    {
        var families = new Dictionary<string, (List<string> About, List<string> Samples)>(StringComparer.Ordinal);
        foreach (var (process, text) in processes)
        {
            var replica = processes.Count(other => other.Process.AppId == process.AppId) > 1 ? process.Replica : (int?)null;
            var family = (About: new List<string>(), Samples: new List<string>());
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.StartsWith("# HELP ", StringComparison.Ordinal))
                {
                    var name = line.Split(' ', 4)[2];
                    var isNew = !families.TryGetValue(name, out family);
                    if (isNew)
                        families[name] = family = ([line], []);
                }
                else if (line[0] == '#')
                {
                    if (family.About.Count < 2)
                        family.About.Add(line);
                }
                else
                {
                    family.Samples.Add(replica is { } number ? Label(line, number) : line);
                }
            }
        }

        var joined = new StringBuilder();
        foreach (var line in families.Values.Where(family => family.Samples.Count > 0).SelectMany(family => family.About.Concat(family.Samples)))
            joined.Append(line).Append('\n');
        return joined.ToString();
    }

    // Every series has the label app_id, so there are braces; a label's value may have some of its own.
    private static string Label(string sample, int replica) =>
        sample.Insert(sample.LastIndexOf('}'), string.Create(CultureInfo.InvariantCulture, $",replica=\"{replica}\""));
}
