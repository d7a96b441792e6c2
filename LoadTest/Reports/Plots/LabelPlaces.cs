namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>Keeps labels out of each other's way.</summary>
internal static class LabelPlaces
{
    /// <summary>Places in the same order, as near to those that are wished for as may be.</summary>
    /// <param name="wished">From low to high.</param>
    /// <param name="distance">How far they have to be apart.</param>
    /// <param name="low">None is below it.</param>
    /// <param name="high">None is above it, unless there is no room for all.</param>
    public static double[] Apart(double[] wished, double distance, double low, double high)
    {
        double[] places = [.. wished.Select(w => Math.Clamp(w, low, Math.Max(low, high)))];
        for (var i = 1; i < places.Length; i++) places[i] = Math.Max(places[i], places[i - 1] + distance);
        for (var i = places.Length - 1; i >= 0; i--)
        {
            var limit = i == places.Length - 1 ? high : places[i + 1] - distance;
            places[i] = Math.Max(low + i * distance, Math.Min(places[i], limit));
        }

        return places;
    }
}
